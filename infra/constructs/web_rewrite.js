// Runs at CloudFront's edge for every request of the web client (viewer request).
// A path whose last segment has no dot is a page: /docs is a page of its own, all others are
// the client's, which routes by itself.
function handler(event) {
  var request = event.request;
  var path = request.uri;
  if (path === '/docs' || path === '/docs/') {
    request.uri = '/docs/index.html';
  } else if (path.lastIndexOf('.') < path.lastIndexOf('/') + 1) {
    request.uri = '/index.html';
  }
  return request;
}

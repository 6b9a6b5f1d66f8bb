// Who may call: programs of this machine, and pages that are served from it.
//
// Loopback keeps other machines out, but not the pages of other sites that are open in a browser
// here. They tell themselves as `infra/local/service/callers.py` says.

const HERE = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request comes from a page that is not of this machine, or to a name that was made to
 * lead here. Our pages send `Origin: null`, as they ask for no referrer: then the browser's own
 * `Sec-Fetch-Site` says whose they are. Whoever is led here sees the picker, and picks on it.
 */
export function isForeignPage({ method, headers }) {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!isHere(`http://${host}`)) return true;
  if (site === undefined) return origin !== undefined && !isHere(origin);
  if (site !== 'cross-site') return false;
  const isLed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !(isLed && method === 'GET');
}

function isHere(address) {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (protocol === 'http:' || protocol === 'https:') && HERE.has(hostname);
}

/** Two tabs that send the same parts would only get in each other's way. */
const ELSEWHERE_AFTER_MS = 1_000;

/** Does the work once no other tab does it; `onWaiting` is called when that takes a while. */
export async function onlyInOneTab(
  videoId: string,
  signal: AbortSignal,
  onWaiting: () => void,
  work: () => Promise<void>,
): Promise<void> {
  if (!navigator.locks) return work();
  const notice = setTimeout(onWaiting, ELSEWHERE_AFTER_MS);
  try {
    await navigator.locks.request(`socialflow.upload.${videoId}`, { signal }, () => {
      clearTimeout(notice);
      return work();
    });
  } finally {
    clearTimeout(notice);
  }
}

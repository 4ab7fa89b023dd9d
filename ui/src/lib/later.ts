/** Work that can wait: done once things are quiet, and in any case before the page goes. */

const QUIET_MS = 400;

/** Calls of what is returned put `work` off; it runs once after the last of them. */
export function later(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    work();
  };
  // Where there are no pages, as in tests, none goes.
  globalThis.addEventListener?.("pagehide", run);
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, QUIET_MS);
  };
}

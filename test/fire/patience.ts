/** Waits until something holds. @throws Error naming it when it still does not after so many seconds */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  for (const deadline = performance.now() + seconds * 1000; ; ) {
    if (await holds()) return;
    if (performance.now() > deadline) throw new Error(`Still not so after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

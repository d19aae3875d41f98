/**
 * Tests that run real processes, disks and windows share the machine with whatever else is on it. A failure is tried again, and
 * printed all the same: what fails twice in a row fails. Their own waits, of 15 s each, end in words; Jest's limit for a whole test only stops
 * what hangs for ever.
 */
if (/[\\/]test[\\/](?:folder|browser)[\\/]/.test(expect.getState().testPath ?? '')) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true });
  jest.setTimeout(60_000);
}

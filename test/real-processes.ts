/**
 * Tests that run real processes, disks and windows share the machine with whatever else is on it. A failure is tried again, and
 * printed all the same: what fails twice in a row fails.
 */
if (/[\\/]test[\\/](?:folder|browser)[\\/]/.test(expect.getState().testPath ?? '')) jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** Tests in a real Chromium. Serial: they share one browser, and the machine's cores with it. */
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/browser/browser-server.mjs',
  globalTeardown: '<rootDir>/test/browser/browser-server-end.mjs',
  testTimeout: 60_000,
  maxWorkers: 1,
};

/** Tests in a real Chromium. They share the browser and nothing else, and wait more than they calculate: two files at a time. */
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/browser/browser-server.mjs',
  globalTeardown: '<rootDir>/test/browser/browser-server-end.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
};

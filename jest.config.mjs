/** Unit, contract and simulation tests. Browser tests have a config of their own in test/browser. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  randomize: true,
  // Nothing is timed by it: it ends what hangs, on a machine that has other work, too.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/sequencer.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/real-processes.ts'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // These packages ship ES modules only, which Jest's CommonJS runtime cannot load as they are.
  transformIgnorePatterns: ['/node_modules/(?!(@noble|uqr|fractional-indexing|chokidar|readdirp|idb)/)'],
};

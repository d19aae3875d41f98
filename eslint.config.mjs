import { defineConfig } from 'eslint/config';
import obsidianmd from 'eslint-plugin-obsidianmd';
import tseslint from 'typescript-eslint';

export default defineConfig([
  { ignores: ['dist/', 'main.js', 'coverage/', '.try/', 'bench/results/', 'bench/node_modules/', 'docs/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A contract may be asynchronous where one adapter of it is not.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // The manifest's rules are in test/gates/package.test.ts.
    files: ['src/obsidian/**/*.ts'],
    ignores: ['**/*.test.ts'],
    extends: [obsidianmd.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Our own name, and what is quoted or typed as it stands: names of commands, a tag, a link.
      'obsidianmd/ui/sentence-case': ['warn', { brands: ['Blockwire', 'Obsidian'], ignoreRegex: ['^#', '^obsidian://', '"[A-Z]', '^tracking thoughts$', 'npx blockwire'] }],
    },
  },
  {
    // Programs that talk to a terminal.
    files: ['src/cli/**/*.ts', 'src/folder/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', '**/*.test.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Mocks and matchers are typed loosely by design of Jest.
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
]);

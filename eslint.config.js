// The linter. What each layer may import and use comes from layers.js; here stands which rules meet which files.
// In flat configuration the last matching object replaces a rule's options: each file meets one object of the law.
import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import { compositionRoot, layers, longest, subtleFiles } from './layers.js'
import svelteConfig from './svelte.config.js'
import { layerRules, ownRules, rootRules } from './tools/static-rules.mjs'

const tests = '**/*.test.ts'
const product = ['src/**/*.ts', 'src/**/*.svelte']

const lawOfLayers = Object.entries(layers).flatMap(([name, layer]) => [
  { files: [`${layer.folder}/**`], ignores: [tests], rules: layerRules(name) },
  { files: [`${layer.folder}/**/*.test.ts`], rules: layerRules(name, { isTest: true }) },
])

export default ts.config(
  {
    ignores: [
      'build/',
      '.svelte-kit/',
      '.demo/',
      '.test/',
      'test-results/',
      'playwright-report/',
      'static/',
      'tests/layers/planted/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs,ts,svelte}'],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { besedka: ownRules },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      // Indexed access is checked by the compiler; an index known to be good is said with `!`.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'max-lines': ['error', longest.file],
    },
  },
  {
    files: product,
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'tsconfig.tests.json', 'src/service-worker/tsconfig.json'],
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'no-console': 'error',
      'max-lines-per-function': ['error', longest.function],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false, inheritedMethods: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-target-blank': 'error',
      // There are no Svelte stores here, and looking for them needs types.
      'svelte/require-store-reactive-access': 'off',
      // A space or a mark that must stay is written as a mustache.
      'svelte/no-useless-mustaches': 'off',
      // The router is a hash router: addresses are plain #/ links.
      'svelte/no-navigation-without-resolve': 'off',
      // Maps and sets of a state class are made reactive where that is wanted.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  ...lawOfLayers,
  { files: subtleFiles, ignores: [tests], rules: layerRules('xmpp', { mayUseSubtle: true }) },
  {
    files: [compositionRoot],
    rules: rootRules(),
  },
  { files: ['tools/**'], rules: { 'max-lines-per-function': ['error', longest.function] } },
  { files: ['tests/**', 'corpus/**', tests], rules: { 'max-lines-per-function': 'off', 'no-script-url': 'off' } },
)

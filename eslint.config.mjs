// Run through nx (`npx nx run-many -t lint`): without nx's project graph the boundary rule only warns and passes.
import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'
import { boundaries } from './tools/lint/boundaries.mjs'
import kilomega from './tools/lint/plugin.mjs'

const tests = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/*.fault-spec.ts', '**/*.suite.ts', '**/test/**/*.ts']

const syntax = {
  environment: [
    {
      selector: "MemberExpression[object.name='process'][property.name='env']",
      message: 'Only libs/platform/config reads process.env: declare a config field.',
    },
    {
      selector: "ImportDeclaration[source.value='node:process'] > ImportSpecifier[imported.name='env']",
      message: 'Only libs/platform/config reads the environment.',
    },
  ],
  injection: [
    { selector: "Decorator > CallExpression[callee.name='Inject']", message: 'A dependency is named by a class, so Nest needs no @Inject.' },
    {
      selector: "MemberExpression[object.name='Scope'][property.name='REQUEST']",
      message: 'A request-scoped provider rebuilds its whole tree for each request: use currentCall().',
    },
  ],
  fetch: [
    {
      selector: "CallExpression[callee.name='fetch']",
      message: 'Calls to the outside go through Egress of @kilomega/http, which keeps them outside and has a deadline and limits.',
    },
    {
      selector: "MemberExpression[object.name='globalThis'][property.name='fetch']",
      message: 'Calls to the outside go through Egress of @kilomega/http, which keeps them outside and has a deadline and limits.',
    },
  ],
  sql: [
    {
      selector:
        'TemplateLiteral[expressions.length>0] > TemplateElement:first-child[value.raw=/^\\s*(select|insert into|update|delete from|with|create|alter|drop|truncate|merge into|copy|begin|set) /i]',
      message: 'SQL is a constant with $n parameters.',
    },
    {
      selector: "CallExpression[callee.property.name='query'] > TemplateLiteral[expressions.length>0]",
      message: 'SQL is a constant with $n parameters.',
    },
    { selector: "CallExpression[callee.property.name='query'] > BinaryExpression", message: 'SQL is a constant with $n parameters.' },
    { selector: 'TaggedTemplateExpression[tag.name=/^sql$/i][quasi.expressions.length>0]', message: 'SQL is a constant with $n parameters.' },
  ],
  // A module is loaded only where a port is bound to it: with the port remote, its import never runs.
  binding: [
    {
      selector: "ImportExpression[source.value=/^@kilomega./]:not(CallExpression[callee.name='bind'] ImportExpression)",
      message: 'A module is imported inside bind(…) only.',
    },
  ],
}
const restrict = (...groups) => ({ 'no-restricted-syntax': ['error', ...groups.flatMap((group) => syntax[group])] })

export default tseslint.config(
  { ignores: ['**/dist', '**/.results', '**/node_modules', '**/fixtures'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  { plugins: { '@nx': nx, kilomega } },
  {
    files: ['**/*.{ts,mjs,cjs,js}'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'kilomega/function-limits': ['error', { lines: 50, parameters: 4, constructorParameters: 5 }],
      'kilomega/file-name': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      'kilomega/npm-packages': 'error',
      ...restrict('environment', 'injection', 'fetch', 'sql'),
    },
  },
  {
    files: ['{apps,libs/bindings}/**/*.ts'],
    rules: { 'kilomega/module-in-app': 'error', ...restrict('environment', 'injection', 'fetch', 'sql', 'binding') },
  },
  { files: ['libs/platform/config/src/**/*.ts'], rules: restrict('injection', 'fetch', 'sql') },
  // The command line speaks to a running API through this one file.
  { files: ['apps/km/src/api/http-client.ts'], rules: restrict('environment', 'injection', 'sql', 'binding') },
  { files: tests, rules: restrict('environment', 'injection', 'sql') },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)

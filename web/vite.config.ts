import { readdirSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type UserConfig } from 'vite';

/** The agent that `npm run dev` shows. */
const AGENT = process.env.GSSA_AGENT ?? 'http://127.0.0.1:3010';

const jsx: UserConfig = { oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } } };

/**
 * Which modules are one file. Each file is packed alone, and many small ones pack badly: what is loaded together is in one, and so are the
 * parts of a page that are used one after the other.
 */
const GROUPS = [
  { name: 'first', tags: ['$initial' as const], priority: 9 },
  { name: 'chart', test: /uplot|device[\\/]chart/, priority: 8 },
  { name: 'shared', test: /src[\\/](lib|components)[\\/]|lucide/, minShareCount: 2, priority: 7 },
  { name: 'phone', test: /fleet[\\/]phone-list/, priority: 6 },
  { name: 'editors', test: /settings[\\/](sources|source-sheet|import|uplink|uplink-sheet|about|versions|json|conflict|review|test-connection)\./, priority: 5 },
  { name: 'setup', test: /src[\\/]pages[\\/](setup|discovery|gate)[\\/]/, priority: 4 },
  { name: (id: string) => /src[\\/]pages[\\/](\w+)[\\/]/.exec(id)?.[1], debugName: 'page', priority: 1 },
];

const app: UserConfig = {
  ...jsx,
  plugins: [tailwindcss()],
  // Hashed names are below /assets; the agent lets browsers keep them for ever.
  build: {
    target: ['chrome111', 'safari16.4', 'firefox128'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The licences are in NOTICES.md, once.
    rolldownOptions: { output: { comments: { legal: false }, codeSplitting: { groups: GROUPS } } },
  },
  server: { proxy: { '/api': AGENT } },
};

/** Node 20 cannot run TypeScript: the tests of `src/lib` are bundled for it. */
const tests: UserConfig = {
  ...jsx,
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist-test',
    emptyOutDir: true,
    rolldownOptions: { input: testFiles(), output: { entryFileNames: '[name].mjs' } },
  },
  ssr: { noExternal: true },
};

function testFiles(): string[] {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => `src/${name}`);
}

export default defineConfig(({ mode }) => (mode === 'test' ? tests : app));

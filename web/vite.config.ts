import { readdirSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type UserConfig } from 'vite';

/** The agent that `npm run dev` shows. */
const AGENT = process.env.GSSA_AGENT ?? 'http://127.0.0.1:3010';

const jsx: UserConfig = { oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } } };

const app: UserConfig = {
  ...jsx,
  plugins: [tailwindcss()],
  // Hashed names are below /assets; the agent lets browsers keep them for ever.
  build: {
    target: ['chrome111', 'safari16.4', 'firefox128'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The licences are in NOTICES.md, once.
    rolldownOptions: { output: { comments: { legal: false } } },
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

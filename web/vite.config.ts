import { readdirSync } from 'node:fs';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

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
  { name: 'editors', test: /settings[\\/](sources|source-sheet|import|about|versions|json|conflict|review|test-connection)\.|uplink[\\/](sheet|field-rules)\./, priority: 5 },
  { name: 'setup', test: /src[\\/]pages[\\/](setup|discovery|gate)[\\/]/, priority: 4 },
  { name: 'services', test: /src[\\/]pages[\\/](pools|servers)[\\/]/, priority: 3 },
  { name: 'details', test: /src[\\/]pages[\\/](device|events)[\\/]/, priority: 2 },
  { name: (id: string) => /src[\\/]pages[\\/](\w+)[\\/]/.exec(id)?.[1], debugName: 'page', priority: 1 },
];

/**
 * uPlot hangs every way of drawing on its export, used or not. Without those that no chart here uses they are shaken out. The build fails where the
 * text is another, so that a new version is looked at.
 */
const trimChart: Plugin = {
  name: 'trim-chart',
  transform(code, id) {
    if (!id.includes('uPlot.esm')) return undefined;
    const unused = [
      'uPlot.rangeLog = rangeLog;',
      'uPlot.rangeAsinh = rangeAsinh;',
      'uPlot.orient   = orient;',
      'uPlot.join = join;',
      'uPlot.tzDate  = tzDate;',
      '(paths.stepped = stepped);',
      '(paths.bars    = bars);',
      '(paths.spline  = monotoneCubic);',
    ];
    for (const text of unused) if (!code.includes(text)) throw new Error(`uPlot has changed: no ${text}`);
    return { code: unused.reduce((rest, text) => rest.replace(text, ''), code), map: null };
  },
};

const app: UserConfig = {
  ...jsx,
  plugins: [tailwindcss(), trimChart],
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

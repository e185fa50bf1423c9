// Pictures of a running agent's pages, in both sizes and themes: `node e2e/shot.mjs http://127.0.0.1:3011 out fleet=/ device=/d/nano-04`.
import { mkdirSync } from 'node:fs';
import { launch, open, SIZES, THEMES } from './browser.mjs';

const [base, out, ...pages] = process.argv.slice(2);
const only = process.env.ONLY ?? '';
mkdirSync(out, { recursive: true });
const browser = await launch();
for (const size of Object.keys(SIZES)) {
  for (const theme of THEMES) {
    if (!`${size}-${theme}`.includes(only)) continue;
    const page = await open(browser, { size, theme, scale: 2 });
    for (const it of pages) {
      const [name, path] = it.split(/=(.*)/s);
      await page.goto(new URL(path, base).href);
      await page.waitForTimeout(Number(process.env.WAIT ?? 1200));
      await page.screenshot({ path: `${out}/${name}-${size}-${theme}.png`, fullPage: process.env.FULL === '1' });
    }
    if (page.trouble.length > 0) console.log(size, theme, page.trouble.join('\n'));
    await page.context().close();
  }
}
await browser.close();

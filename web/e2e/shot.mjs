// Pictures of a running page: `node e2e/shot.mjs http://127.0.0.1:3011 out/ fleet=/ device=/d/nano-04`.
import { mkdirSync } from 'node:fs';
import { launch, SIZES } from './browser.mjs';

const [base, out, ...pages] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport, colorScheme: theme, deviceScaleFactor: 2, reducedMotion: 'reduce', isMobile: size === 'phone', hasTouch: size === 'phone' });
    const page = await context.newPage();
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`${size} ${theme}: ${message.text()}`));
    page.on('pageerror', (error) => console.log(`${size} ${theme}: ${error.stack}`));
    for (const it of pages) {
      const [name, path] = it.split(/=(.*)/s);
      await page.goto(new URL(path, base).href);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${out}/${name}-${size}-${theme}.png` });
    }
    await context.close();
  }
}
await browser.close();

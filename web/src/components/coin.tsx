import { Icon } from './icon';

const FILLS: Record<string, string> = {
  BTC: 'fill-[#f7931a]',
  BCH: 'fill-[#0ac18e]',
  DGB: 'fill-[#2a62d9]',
  LTC: 'fill-[#345d9d]',
  XEC: 'fill-[#0074c2]',
};

/** The mark of a coin: its first letter on its colour. Beside it stands its name. */
export function Coin({ coin, isFallback, size = 18 }: { coin: string | undefined; isFallback?: boolean; size?: number }) {
  const key = coin?.split('-')[0]?.toUpperCase() ?? '';
  if (!coin) return isFallback ? <Icon name="swap" class="text-warn" /> : null;
  return (
    <svg class="shrink-0 overflow-visible" width={size} height={size} viewBox="0 0 18 18" aria-hidden="true">
      {isFallback && <circle cx="9" cy="9" r="10.5" fill="none" class="stroke-warn-fill" stroke-width="2" />}
      <circle cx="9" cy="9" r="8" class={FILLS[key] ?? 'fill-idle-fill'} />
      <text x="9" y="12.6" text-anchor="middle" class="fill-white text-[10px] font-semibold">
        {key.charAt(0)}
      </text>
    </svg>
  );
}

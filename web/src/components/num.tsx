import { MISSING, type Quantity } from '../lib/format';

/** A figure and its unit, which is quieter and never breaks away; "—" for what is not known. */
export function Num({ q, unit = 'text-ink3' }: { q: Quantity | undefined; unit?: string }) {
  if (!q) return <span class="text-ink3">{MISSING}</span>;
  return (
    <span class="whitespace-nowrap">
      {q.text}
      {q.unit && <span class={`ml-[0.22em] font-normal ${unit}`}>{q.unit}</span>}
    </span>
  );
}

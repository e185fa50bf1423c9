import { StateIcon } from '../../components/icon';
import { age, moment } from '../../lib/format';
import type { Row } from '../../lib/row';
import { hostText, modelText, reasonOf } from '../../lib/row-text';
import { freshness, LOOKS, TEXT } from '../../lib/states';
import { now } from '../../lib/store';

/** The state in one line, and how old what is shown is. */
export function Headline({ row }: { row: Row }) {
  const look = LOOKS[row.state];
  const reason = reasonOf(row, now.value);
  const observed = row.observed_at ? Date.parse(row.observed_at) : undefined;
  const snapshot = row.snapshot_at ? Date.parse(row.snapshot_at) : undefined;
  const isOld = freshness(row, now.value) !== 'live' && snapshot !== undefined;
  return (
    <div class="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-control">
      <StateIcon state={row.state} />
      <span class={`font-medium ${TEXT[look.tone]}`}>{look.word}</span>
      {reason && <span class="min-w-0 text-ink2">{reason}</span>}
      {observed !== undefined && (
        <span class="text-ink3" title={moment(observed)}>
          {isOld ? `last good values ${age(snapshot, now.value)}` : `polled ${age(observed, now.value)}`}
        </span>
      )}
    </div>
  );
}

export function SubTitle({ row }: { row: Row }) {
  return (
    <p class="flex min-w-0 flex-wrap items-center gap-x-1.5 text-control text-ink2">
      {[modelText(row), hostText(row), row.group].filter(Boolean).join(' · ')}
      {row.tags.map((tag) => (
        <a key={tag} href={`/?tag=${encodeURIComponent(tag)}`} class="rounded-full bg-sunk px-2 py-0.5 text-axis text-ink2 hover:text-ink">
          {tag}
        </a>
      ))}
    </p>
  );
}

/** Mutes the issues of several devices. An issue may be of others too: then it is muted for them as well, and said so. */
import { useSignal } from '@preact/signals';
import { Question } from '../../components/question';
import { SelectField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { clock, date, plural } from '../../lib/format';
import { issuesOf, muteFor, SPANS } from '../../lib/mutes';
import { isMuted, muted } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { slowNow } from '../../lib/store';

export function MuteDialog({ rows, onClose, onDone }: { rows: readonly Row[]; onClose: () => void; onDone: () => void }) {
  const hours = useSignal('8');
  const chosen = new Set(rows.map((row) => row.id));
  const now = slowNow.value;
  const list = issuesOf(chosen);
  const open = list.filter((it) => !isMuted(it.id, now));
  const title = `Mute ${plural(open.length, 'issue')}`;
  const mute = () => {
    const before = muted.peek();
    const until = muteFor(open, Number(hours.value), now);
    const end = until - now < 24 * 3_600_000 ? clock(until) : date(until);
    toast(`Muted ${plural(open.length, 'issue')} until ${end}, in this browser`, { action: { label: 'Undo', run: () => (muted.value = before) } });
    onDone();
  };
  return (
    <Question
      title={title}
      verb={title}
      isReady={open.length > 0}
      onAnswer={mute}
      onClose={onClose}
      below={
        open.length > 0 && (
          <ul class="mt-4 max-h-56 divide-y divide-line overflow-y-auto rounded-control border border-line text-control">
            {open.map((it) => {
              const others = it.source_ids.filter((id) => !chosen.has(id)).length;
              return (
                <li key={it.id} class="flex justify-between gap-3 px-3 py-1.5">
                  <span class="truncate" title={it.title}>
                    {it.title}
                  </span>
                  {others > 0 && <span class="shrink-0 text-ink3">of {plural(others, 'other')} too</span>}
                </li>
              );
            })}
          </ul>
        )
      }
    >
      {open.length === 0 ? (
        <p class="text-control text-ink2">{list.length === 0 ? 'Nothing is wrong with these devices.' : 'What is wrong with these devices is muted already.'}</p>
      ) : (
        <SelectField
          label="For"
          hint="Kept in this browser only. The devices keep their states."
          value={hours.value}
          options={SPANS.map(([span, text]) => [String(span), text] as const)}
          onInput={(span) => (hours.value = span)}
        />
      )}
    </Question>
  );
}

import { BellOff } from 'lucide';
import { Icon, StateIcon } from '../../components/icon';
import { sentence } from '../../components/issue-line';
import { age, moment } from '../../lib/format';
import { lookOf } from '../../lib/issue-looks';
import { isMuted } from '../../lib/prefs';
import type { Row } from '../../lib/row';
import { SOFT } from '../../lib/states';
import { issues, now } from '../../lib/store';

/** What needs attention about this device. */
export function Issues({ row }: { row: Row }) {
  const own = issues.value.filter((issue) => issue.source_ids.includes(row.id));
  if (own.length === 0) return null;
  return (
    <ul class="flex flex-col gap-2">
      {own.map((issue) => {
        const look = lookOf(issue);
        const since = Date.parse(issue.since);
        return (
          <li key={issue.id} class={`flex items-start gap-2.5 rounded-control px-3 py-2.5 text-control ${SOFT[look.tone]}`}>
            <span class="mt-px">{look.state ? <StateIcon state={look.state} /> : <Icon name={look.icon ?? 'bell'} />}</span>
            <span class="min-w-0 flex-1 text-ink">
              {sentence(issue.detail)}
              {issue.source_ids.length > 1 && (
                <a href={`/?issue=${encodeURIComponent(issue.id)}`} class="ml-1.5 text-ink2 underline">
                  with {issue.source_ids.length - 1} others
                </a>
              )}
            </span>
            {isMuted(issue.id, now.value) && <Icon name={BellOff} size={14} class="mt-0.5" />}
            <span class="shrink-0 text-caption text-ink2" title={moment(since)}>
              {age(since, now.value)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

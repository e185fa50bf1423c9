import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { moment, span, when } from '../lib/format';
import { lookOf, stepOf } from '../lib/issue-looks';
import { type Issue, now, rowsById } from '../lib/store';
import { SOFT } from '../lib/states';
import { ButtonLink } from './button';
import { Icon, StateIcon } from './icon';

/** One issue: what it is, since when, and what to do next. */
export function IssueLine({ issue }: { issue: Issue }) {
  const look = lookOf(issue);
  // Read once: what says when in words is made anew each second only where the words change.
  const at = useMemo(() => moment(Date.parse(issue.since)), [issue]);
  const since = useMemo(() => computed(() => sinceText(issue)), [issue]).value;
  const step = stepOf(issue, rowsById.value.get(issue.source_ids[0] ?? '')?.snapshot_kind);
  return (
    <>
      <span class={`grid size-8 shrink-0 place-items-center rounded-control ${SOFT[look.tone]}`}>
        {look.state ? <StateIcon state={look.state} /> : <Icon name={look.icon ?? 'bell'} />}
      </span>
      <span class="min-w-0 flex-1">
        <span class="block truncate text-body font-medium max-sm:line-clamp-2 max-sm:whitespace-normal" title={issue.title}>
          {issue.title}
        </span>
        <span class="block truncate text-caption text-ink2" title={`${issue.detail}\n${at}`}>
          {issue.source_ids.length > 1 ? `${since} · ${issue.detail}` : `${sentence(issue.detail)} · ${since}`}
        </span>
      </span>
      <ButtonLink href={step.href} size="small" class="max-lg:h-9" label={`${step.text}: ${issue.title}`}>
        {step.text}
      </ButtonLink>
    </>
  );
}

/** Begins with a capital, and has no marks of code. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('`', '');
}

function sinceText(issue: Issue): string {
  const since = Date.parse(issue.since);
  const secs = (now.value - since) / 1000;
  if (issue.source_ids.length === 1) return `for ${span(secs)}`;
  return secs < 3600 ? `All for ${span(secs)}` : `All since ${when(since, now.value)}`;
}

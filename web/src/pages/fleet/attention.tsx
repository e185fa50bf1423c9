import { Icon } from '../../components/icon';
import { IssueLine } from '../../components/issue-line';
import { Panel } from '../../components/panel';
import { count, plural } from '../../lib/format';
import { isWide } from '../../lib/media';
import { isMuted } from '../../lib/prefs';
import { lineup } from '../../lib/lineup';
import { issues, slowNow } from '../../lib/store';

/** So many issues are shown; the others are one click away. */
const [SHOWN, SHOWN_ON_PHONES] = [4, 3];

export function Attention() {
  const open = issues.value.filter((issue) => !isMuted(issue.id, slowNow.value));
  const sources = new Set(open.flatMap((issue) => issue.source_ids));
  const shown = open.slice(0, isWide.value ? SHOWN : SHOWN_ON_PHONES);
  const muted = issues.value.length - open.length;
  const note = open.length > 0 && `${plural(open.length, 'issue')}, ${plural(sources.size, 'device')}`;
  return (
    <Panel
      title="Needs attention"
      note={[note, muted > 0 && `${count(muted)} muted`].filter(Boolean).join(' · ')}
      actions={
        <a href="/events" class="flex items-center gap-0.5 rounded-small px-1.5 py-1 text-caption text-ink2 hover:text-ink max-lg:py-3">
          Show all
          <Icon name="right" size={14} />
        </a>
      }
    >
      {shown.length === 0 ? <Calm /> : (
        <ul class="divide-y divide-line">
          {shown.map((issue) => (
            <li key={issue.id} class="flex min-h-13 items-center gap-3 py-2 pr-3 pl-4">
              <IssueLine issue={issue} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Calm() {
  return (
    <div class="flex items-center gap-3 px-4 py-5">
      <span class="grid size-8 place-items-center rounded-control bg-ok-soft text-ok">
        <Icon name="check" />
      </span>
      <p class="text-control text-ink2">
        <b class="block font-medium text-ink">Nothing needs attention</b>
        {plural(lineup.value.length, 'miner')} watched
      </p>
    </div>
  );
}

/** What needs attention now, and what happened before. What is asked for stands in the address. */
import { Page } from '../../components/page';
import { Segmented } from '../../components/segmented';
import { count } from '../../lib/format';
import { isMuted } from '../../lib/prefs';
import { place, setQuery } from '../../lib/route';
import { issues, slowNow } from '../../lib/store';
import { History } from './history';
import { Now } from './now';

type View = 'now' | 'history';

export function Events() {
  const view: View = place.value.query.get('view') === 'history' ? 'history' : 'now';
  const open = issues.value.filter((it) => !isMuted(it.id, slowNow.value)).length;
  return (
    <Page title="Events">
      <div class="max-w-7xl p-4 sm:p-5">
        <div class="mb-3 flex">
          <Segmented<View>
            label="What is shown"
            value={view}
            options={[
              ['now', open > 0 ? `Now · ${count(open)}` : 'Now'],
              ['history', 'History'],
            ]}
            // Kinds of issues are no kinds of entries.
            onChange={(next) => setQuery({ view: next === 'now' ? undefined : next, kind: undefined }, { replace: true })}
          />
        </div>
        {view === 'now' ? <Now /> : <History />}
      </div>
    </Page>
  );
}

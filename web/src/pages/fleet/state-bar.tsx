/** How the states divide the fleet, as one bar: what phones have instead of the map. */
import { lineup } from '../../lib/lineup';
import { FILL, LOOKS, RANK } from '../../lib/states';
import type { State } from '../../lib/row';

export function StateBar() {
  const counts = new Map<State, number>();
  for (const row of lineup.value) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => RANK[b] - RANK[a]).sort(([a], [b]) => Number(b === 'hashing') - Number(a === 'hashing'));
  const text = parts.map(([state, n]) => `${n} ${LOOKS[state].word.toLowerCase()}`).join(', ');
  return (
    <div class="mt-4 flex h-1.5 gap-0.5 lg:hidden" role="img" aria-label={text}>
      {parts.map(([state, n]) => (
        <span key={state} class={`min-w-2 rounded-full ${FILL[LOOKS[state].tone]}`} style={{ flexGrow: n }} />
      ))}
    </div>
  );
}

/** The last step: what is there now. */
import { ButtonLink } from '../../components/button';
import { Icon } from '../../components/icon';
import { hashrate, inline, plural } from '../../lib/format';
import { hashrateOf } from '../../lib/groups';
import { caller, miners, rows } from '../../lib/store';
import { StepBody } from './step';

export function Done() {
  const name = caller.value?.agent_name;
  const watched = miners.value.length;
  const pools = rows.value.filter((it) => it.kind === 'gss').length;
  const servers = rows.value.filter((it) => it.kind === 'mim').length;
  const answered = miners.value.filter((it) => it.snapshot_at).length;
  const facts: readonly (readonly [text: string, note: string])[] = [
    [plural(watched, 'miner'), watched === 0 ? 'Add them in Discovery or in Settings.' : answered < watched ? `${answered} answered so far.` : `All have answered: ${inline(hashrate(hashrateOf(miners.value)))}.`],
    ...(pools > 0 ? ([[plural(pools, 'pool'), '']] as const) : []),
    ...(servers > 0 ? ([[plural(servers, 'server'), '']] as const) : []),
  ];
  return (
    <StepBody
      title={name && name !== 'gssa' ? `${name} is set up` : 'The site is set up'}
      footer={
        <ButtonLink href="/" weight="primary">
          Open Fleet
        </ButtonLink>
      }
    >
      <ul class="flex flex-col gap-3">
        {facts.map(([text, note], at) => (
          <li key={at} class="flex items-center gap-3 text-body">
            <span class={`grid size-8 shrink-0 place-items-center rounded-control ${at > 0 || watched > 0 ? 'bg-ok-soft text-ok' : 'bg-sunk text-ink3'}`}>
              <Icon name={at > 0 || watched > 0 ? 'check' : 'grid'} />
            </span>
            <span>
              <span class="font-medium">{text}</span>
              {note && <span class="ml-2 text-control text-ink3">{note}</span>}
            </span>
          </li>
        ))}
      </ul>
      <p class="mt-6 text-control text-ink2">
        Everything stays on this machine. To see it from elsewhere, connect to the cloud later in{' '}
        <a href="/settings/uplink" class="underline">
          Settings
        </a>
        .
      </p>
    </StepBody>
  );
}

/** Who may look, and at which agents. */
import { useSignal } from '@preact/signals';
import { ShieldCheck, UserRound } from 'lucide';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { Skeleton, useIsLate } from '../../components/empty';
import { Icon } from '../../components/icon';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { messageOf } from '../../lib/api';
import { date, moment, plural } from '../../lib/format';
import { visitor } from '../../lib/session';
import { agents, cloud, type User } from './state';
import { AddUser, UserSheet } from './user-sheet';

export function Users() {
  const users = useSignal<readonly User[] | undefined>(undefined);
  const failure = useSignal('');
  const open = useSignal<string | undefined>(undefined);
  const isAdding = useSignal(false);
  const load = async () => {
    try {
      users.value = (await cloud.get<{ users: User[] }>('/users')).users;
      failure.value = '';
    } catch (error) {
      failure.value = messageOf(error);
    }
  };
  useEffect(() => void load(), []);
  const isLate = useIsLate(!users.value);
  const chosen = users.value?.find((it) => it.name === open.value);
  return (
    <>
      <Page
        title="Users"
        note={<span class="flex-1" />}
        actions={
          <Button weight="primary" icon="plus" class="h-8! max-lg:h-10!" label="Add user" onClick={() => (isAdding.value = true)}>
            <span class="max-sm:hidden">Add user</span>
          </Button>
        }
      >
        <div class="max-w-4xl p-4 sm:p-5">
          {failure.value && (
            <p role="alert" class="mb-4 flex flex-wrap items-center gap-3 rounded-control bg-bad-soft px-3 py-2 text-control text-bad">
              <span class="flex-1">{failure.value}.</span>
              <Button size="small" onClick={() => void load()}>
                Try again
              </Button>
            </p>
          )}
          {users.value ? (
            <Panel title="Users" hideTitle>
              <ul class="divide-y divide-line">
                {users.value.map((user) => (
                  <li key={user.name}>
                    <UserRow user={user} onOpen={() => (open.value = user.name)} />
                  </li>
                ))}
              </ul>
            </Panel>
          ) : (
            isLate && !failure.value && <Skeleton class="h-48 rounded-card" />
          )}
        </div>
      </Page>
      {isAdding.value && (
        <AddUser
          onClose={() => (isAdding.value = false)}
          onDone={(user) => {
            isAdding.value = false;
            void load();
            // What they may see is the next question.
            if (!user.admin) open.value = user.name;
          }}
        />
      )}
      {chosen && <UserSheet key={chosen.name} user={chosen} onClose={() => (open.value = undefined)} onChanged={load} />}
    </>
  );
}

function UserRow({ user, onOpen }: { user: User; onOpen: () => void }) {
  const known = new Map(agents.value.map((it) => [it.id, it.name]));
  const names = user.agents.map((id) => known.get(id) ?? id);
  const what = user.admin ? 'Administrator, sees every agent' : names.length === 0 ? 'Sees no agent yet' : `${plural(names.length, 'agent')}: ${names.join(', ')}`;
  return (
    <button
      type="button"
      data-user={user.name}
      class="flex min-h-15 w-full items-center gap-3 px-4 py-2 text-left hover:bg-raise focus-visible:outline-offset-[-2px]"
      onClick={onOpen}
    >
      <span class="grid size-8 shrink-0 place-items-center rounded-control bg-sunk text-ink2">
        <Icon name={user.admin ? ShieldCheck : UserRound} />
      </span>
      <span class="min-w-0 flex-1">
        <span class="block truncate text-body font-medium">
          {user.name}
          {user.name === visitor.value?.user && <span class="ml-2 rounded-full bg-sunk px-2 py-0.5 text-axis font-normal text-ink2">You</span>}
        </span>
        <span class={`block truncate text-caption ${user.admin || names.length > 0 ? 'text-ink3' : 'text-warn'}`}>{what}</span>
      </span>
      <span class="text-caption text-ink3 max-sm:hidden" title={moment(Date.parse(user.created_at))}>
        Added {date(Date.parse(user.created_at))}
      </span>
      <Icon name="right" size={14} class="text-ink3" />
    </button>
  );
}

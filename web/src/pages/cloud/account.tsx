/** One's own account: the password, and the way out. */
import { useSignal } from '@preact/signals';
import { LogOut } from 'lucide';
import { Button } from '../../components/button';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { PasswordField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { ApiError, messageOf } from '../../lib/api';
import { span } from '../../lib/format';
import { type Visitor, visitor } from '../../lib/session';
import { useWait, waitOf } from '../../lib/wait';
import { cloud, logOut } from './state';
import { passwordError } from './user-sheet';

export function Account() {
  const me = visitor.value;
  return (
    <Page title="Account" note={<span class="flex-1" />}>
      <div class="flex max-w-xl flex-col gap-4 p-4 sm:p-5">
        <Panel title="You" hideTitle>
          <div class="flex items-center gap-3 p-4">
            <div class="min-w-0 flex-1">
              <h2 class="truncate text-title">{me?.user}</h2>
              <p class="text-caption text-ink3">{me?.admin ? 'Administrator: manages agents and users, and sees every agent' : 'Sees the agents granted to you'}</p>
            </div>
            <Button icon={LogOut} onClick={() => void logOut()}>
              Log out
            </Button>
          </div>
        </Panel>
        <Panel title="My password">
          <Password user={me?.user ?? ''} />
        </Panel>
      </div>
    </Page>
  );
}

function Password({ user }: { user: string }) {
  const current = useSignal('');
  const next = useSignal('');
  const failures = useSignal<{ current?: string; next?: string }>({});
  const isBusy = useSignal(false);
  const wait = useWait();
  const save = async () => {
    const error = passwordError(next.value);
    failures.value = { ...(current.value === '' && { current: 'Type the password that counts now' }), ...(error && { next: error }) };
    if (Object.keys(failures.value).length > 0 || isBusy.value || wait.left > 0) return;
    isBusy.value = true;
    try {
      const { body } = await cloud.send<Visitor>('PUT', '/password', { body: { current: current.value, new: next.value } });
      visitor.value = body;
      [current.value, next.value] = ['', ''];
      toast('Your password is changed; your other sessions have ended');
    } catch (error) {
      const secs = waitOf(error);
      if (secs > 0) wait.begin(secs);
      else if (error instanceof ApiError && error.kind === 'password-wrong') failures.value = { current: 'Wrong password.' };
      else failures.value = { next: messageOf(error) };
    }
    isBusy.value = false;
  };
  const field = (name: 'current' | 'next', value: string) => {
    (name === 'current' ? current : next).value = value;
    failures.value = {};
  };
  return (
    <form
      class="flex flex-col gap-4 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input type="text" name="username" value={user} autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" class="hidden" />
      <PasswordField
        label="Current password"
        name="current-password"
        autocomplete="current-password"
        value={current.value}
        error={wait.left > 0 ? `Too many tries. Try again in ${span(wait.left)}.` : failures.value.current}
        onInput={(value) => field('current', value)}
      />
      <PasswordField label="New password" name="new-password" autocomplete="new-password" value={next.value} error={failures.value.next} onInput={(value) => field('next', value)} />
      <Button submit weight="primary" class="self-start" busy={isBusy.value} disabled={wait.left > 0}>
        Change password
      </Button>
    </form>
  );
}

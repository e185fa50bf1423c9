/** One user: what they see, whether they manage, another password, an end. What is switched here counts at once. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { StateIcon } from '../../components/icon';
import { Question } from '../../components/question';
import { PasswordField, TextField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { messageOf } from '../../lib/api';
import { visitor } from '../../lib/session';
import { Ask } from './enrol';
import { agents, cloud, type User } from './state';
import { matching, presenceOf } from './words';

/** The shortest password, as the cloud takes it. */
const MIN_PASSWORD = 8;

export const passwordError = (text: string) => (text.length < MIN_PASSWORD ? `At least ${MIN_PASSWORD} characters` : '');

const FILTER_FROM = 12;

const pathOf = (user: User) => `/users/${encodeURIComponent(user.name)}`;

export function UserSheet({ user, onClose, onChanged }: { user: User; onClose: () => void; onChanged: () => Promise<void> }) {
  const isRemoving = useSignal(false);
  /** What is switched and not yet answered: it is shown as it will be, and keeps the focus. */
  const wanted = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const q = useSignal('');
  const isSelf = user.name === visitor.value?.user;
  const change = async (path: string, on: boolean, done: string) => {
    wanted.value = new Map(wanted.peek()).set(path, on);
    try {
      await cloud.send(on ? 'PUT' : 'DELETE', `${pathOf(user)}/${path}`);
      await onChanged();
      toast(done);
    } catch (error) {
      toast(`${messageOf(error)}.`, { isBad: true });
    }
    const rest = new Map(wanted.peek());
    if (rest.get(path) === on) rest.delete(path);
    wanted.value = rest;
  };
  const granted = new Set(user.agents);
  return (
    <Dialog
      title={user.name}
      shape="side"
      onClose={onClose}
      footer={
        <>
          {!isSelf && (
            <Button weight="danger" class="mr-auto" onClick={() => (isRemoving.value = true)}>
              Remove user
            </Button>
          )}
          <Button weight="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div class="flex flex-col gap-6">
        <Switch
          label="Administrator"
          hint={isSelf ? 'Another administrator can take this from you.' : 'Manages agents and users, and sees every agent.'}
          isOn={wanted.value.get('admin') ?? user.admin}
          disabled={isSelf}
          onChange={(on) => void change('admin', on, on ? `${user.name} is an administrator` : `${user.name} is no administrator any more`)}
        />
        <fieldset class="min-w-0">
          <legend class="mb-1.5 text-control font-medium">Agents</legend>
          {user.admin ? (
            <p class="text-control text-ink2">An administrator sees every agent.</p>
          ) : agents.value.length === 0 ? (
            <p class="text-control text-ink2">There are no agents yet.</p>
          ) : (
            <>
              {agents.value.length >= FILTER_FROM && <TextField label="Find an agent" value={q.value} onInput={(text) => (q.value = text)} class="mb-2" />}
              <ul class="divide-y divide-line rounded-control border border-line">
                {matching(agents.value, q.value).map((agent) => {
                  const path = `agents/${encodeURIComponent(agent.id)}`;
                  const isOn = wanted.value.get(path) ?? granted.has(agent.id);
                  return (
                    <li key={agent.id}>
                      <label class="flex min-h-10 items-center gap-3 px-3 py-1.5 text-control max-lg:min-h-12">
                        <input
                          type="checkbox"
                          class="size-4 shrink-0 accent-ink"
                          checked={isOn}
                          onChange={() => void change(path, !isOn, isOn ? `${user.name} does not see ${agent.name} any more` : `${user.name} sees ${agent.name}`)}
                        />
                        <span class="min-w-0 flex-1 truncate">{agent.name}</span>
                        <StateIcon state={presenceOf(agent).icon} tone={presenceOf(agent).tone} size={12} />
                        <span class="w-24 truncate text-caption text-ink3">{presenceOf(agent).word}</span>
                      </label>
                    </li>
                  );
                })}
              </ul>
            </>
          )}
        </fieldset>
        {isSelf ? (
          <p class="text-control text-ink2">
            Your own password is changed on the page{' '}
            <a href="/account" class="font-medium text-ink underline">
              Account
            </a>
            .
          </p>
        ) : (
          <NewPassword user={user} />
        )}
      </div>
      {isRemoving.value && (
        <Ask
          title={`Remove ${user.name}`}
          verb="Remove user"
          done={`Removed ${user.name}`}
          run={async () => {
            await cloud.send('DELETE', pathOf(user));
            await onChanged();
          }}
          onClose={() => (isRemoving.value = false)}
        >
          They are logged out and cannot log in any more. Agents and what they sent stay.
        </Ask>
      )}
    </Dialog>
  );
}

function Switch(props: { label: string; hint: string; isOn: boolean; disabled: boolean; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div class="flex items-start gap-3">
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="mt-0.5 size-4 shrink-0 accent-ink"
        checked={props.isOn}
        disabled={props.disabled}
        aria-describedby={`${id}-note`}
        onChange={() => props.onChange(!props.isOn)}
      />
      <div>
        <label for={id} class="block text-control font-medium">
          {props.label}
        </label>
        <p id={`${id}-note`} class="text-caption text-ink3">
          {props.hint}
        </p>
      </div>
    </div>
  );
}

function NewPassword({ user }: { user: User }) {
  const password = useSignal('');
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const save = async () => {
    failure.value = passwordError(password.value);
    if (failure.value || isBusy.value) return;
    isBusy.value = true;
    try {
      await cloud.send('PUT', `${pathOf(user)}/password`, { body: { password: password.value } });
      toast(`${user.name} has another password and is logged out`);
      password.value = '';
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <PasswordField
        label="Another password"
        name="new-password"
        autocomplete="new-password"
        value={password.value}
        error={failure.value || undefined}
        hint="Tell it to them; they can change it on their page Account. Their sessions end."
        onInput={(value) => {
          password.value = value;
          failure.value = '';
        }}
      />
      <Button submit busy={isBusy.value} disabled={password.value === ''} class="self-start">
        Set password
      </Button>
    </form>
  );
}

export function AddUser({ onClose, onDone }: { onClose: () => void; onDone: (user: User) => void }) {
  const name = useSignal('');
  const password = useSignal('');
  const isAdmin = useSignal(false);
  const failures = useSignal<{ name?: string; password?: string }>({});
  const isBusy = useSignal(false);
  const add = async () => {
    if (isBusy.value) return;
    const noPassword = passwordError(password.value);
    failures.value = { ...(name.value.trim() === '' && { name: 'Give a name to log in with' }), ...(noPassword && { password: noPassword }) };
    if (Object.keys(failures.value).length > 0) return;
    isBusy.value = true;
    try {
      const user = await cloud.post<User>('/users', { name: name.value.trim(), password: password.value, admin: isAdmin.value });
      toast(`Added ${user.name}`);
      onDone(user);
    } catch (error) {
      const text = messageOf(error);
      failures.value = /password/i.test(text) ? { password: text } : { name: text };
    }
    isBusy.value = false;
  };
  return (
    <Question title="Add user" verb="Add user" isBusy={isBusy.value} onAnswer={add} onClose={onClose}>
      <TextField label="Name" name="new-name" value={name.value} error={failures.value.name} autoFocus onInput={(value) => (name.value = value)} />
      <PasswordField
        label="Password"
        name="new-password"
        autocomplete="new-password"
        value={password.value}
        error={failures.value.password}
        hint="Tell it to them; they can change it on their page Account."
        onInput={(value) => (password.value = value)}
      />
      <Switch label="Administrator" hint="Manages agents and users, and sees every agent." isOn={isAdmin.value} disabled={false} onChange={(on) => (isAdmin.value = on)} />
    </Question>
  );
}

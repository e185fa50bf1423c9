/** Adding an agent and taking its rights away. A token is shown once; the cloud keeps its hash alone. */
import { useSignal } from '@preact/signals';
import { Copy } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Question } from '../../components/question';
import { TextField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { messageOf } from '../../lib/api';
import { copy } from '../../lib/copy';
import { plural } from '../../lib/format';
import { type Agent, cloud, type Enrolled, refresh } from './state';
import { snippet } from './words';

export function AddAgent({ onClose }: { onClose: () => void }) {
  const name = useSignal('');
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const made = useSignal<Enrolled | undefined>(undefined);
  const add = async () => {
    if (isBusy.value) return;
    if (name.value.trim() === '') {
      failure.value = 'Give it a name, for instance that of its place';
      return;
    }
    isBusy.value = true;
    try {
      made.value = await cloud.post<Enrolled>('/agents', { name: name.value.trim() });
      void refresh().catch(() => {});
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  if (made.value) return <Made made={made.value} onClose={onClose} />;
  return (
    <Question title="Add agent" verb="Add agent" isBusy={isBusy.value} onAnswer={add} onClose={onClose}>
      <TextField
        label="Name"
        value={name.value}
        placeholder="Garage"
        hint="What people call it here. The agent itself keeps its own name."
        error={failure.value || undefined}
        autoFocus
        onInput={(value) => {
          name.value = value;
          failure.value = '';
        }}
      />
    </Question>
  );
}

/** The token, this once. Only its button closes: a click beside would lose it. */
function Made({ made, isRotated = false, onClose }: { made: Enrolled; isRotated?: boolean; onClose: () => void }) {
  const text = snippet(made.token, location);
  const isPlain = text.includes('allow_plaintext');
  return (
    <Dialog
      title={isRotated ? `New token of ${made.name}` : `${made.name} is added`}
      onClose={onClose}
      isHeld
      footer={
        <Button weight="primary" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <div class="flex flex-col gap-4 text-control">
        <p class="text-ink2">
          {isRotated ? 'Replace the token of its uplink with this one; the old one works until the new one is used.' : 'Put this into the configuration of the agent, and it connects by itself.'}{' '}
          <b class="font-medium text-ink">It is not shown again.</b>
        </p>
        <Copied label="Token" text={made.token} what="token" />
        <Copied label="For config.json" text={text} what="snippet" />
        {isPlain && <p class="rounded-control bg-warn-soft px-3 py-2 text-caption text-warn">This page is reached without TLS, so the token and what is sent can be read on the way. Give the cloud a certificate, and leave allow_plaintext out.</p>}
        <p class="text-caption text-ink3">In the agent’s own page: Settings, Uplink, or Edit as JSON.</p>
      </div>
    </Dialog>
  );
}

function Copied({ label, text, what }: { label: string; text: string; what: string }) {
  return (
    <div>
      <div class="mb-1.5 flex items-center justify-between gap-2">
        <span class="font-medium">{label}</span>
        <Button size="small" icon={Copy} class="max-lg:h-9" label={`Copy ${what}`} onClick={() => void copy(text).then((isDone) => toast(isDone ? `Copied the ${what}` : 'Select the text and copy it', { isBad: !isDone }))}>
          Copy
        </Button>
      </div>
      <pre class="overflow-x-auto rounded-control border border-edge bg-sunk px-3 py-2 font-mono text-caption wrap-anywhere whitespace-pre-wrap select-all" data-copy={what} tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </div>
  );
}

/** A question before something that cannot be taken back. `typed` has to be typed, if it is given. */
export function Ask(props: { title: string; verb: string; typed?: string; run: () => Promise<unknown>; done: string; onClose: () => void; children: ComponentChildren }) {
  const isBusy = useSignal(false);
  const failure = useSignal('');
  const text = useSignal('');
  const isReady = props.typed === undefined || text.value.trim() === props.typed;
  const run = async () => {
    if (!isReady || isBusy.value) return;
    isBusy.value = true;
    try {
      await props.run();
      toast(props.done);
      props.onClose();
      void refresh().catch(() => {});
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  return (
    <Question title={props.title} verb={props.verb} weight="danger" isBusy={isBusy.value} isReady={isReady} onAnswer={run} onClose={props.onClose} failure={failure.value}>
      <p class="text-control text-ink2">{props.children}</p>
      {props.typed !== undefined && <TextField label={`Type ${props.typed} to go on`} value={text.value} autoFocus onInput={(value) => (text.value = value)} />}
    </Question>
  );
}

interface OfAgent {
  agent: Agent;
  onClose: () => void;
}

const pathOf = (agent: Agent) => `/agents/${encodeURIComponent(agent.id)}`;

export function RotateAgent({ agent, onClose }: OfAgent) {
  const made = useSignal<Enrolled | undefined>(undefined);
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const rotate = async () => {
    isBusy.value = true;
    try {
      made.value = await cloud.post<Enrolled>(`${pathOf(agent)}/rotate`);
    } catch (error) {
      failure.value = messageOf(error);
    }
    isBusy.value = false;
  };
  if (made.value) return <Made made={made.value} isRotated onClose={onClose} />;
  return (
    <Question title={`New token for ${agent.name}`} verb="Make a new token" isBusy={isBusy.value} onAnswer={rotate} onClose={onClose} failure={failure.value}>
      <p class="text-control text-ink2">The token that it has goes on working until the new one is used for the first time. Nothing is lost meanwhile.</p>
    </Question>
  );
}

export function RevokeAgent({ agent, onClose }: OfAgent) {
  return (
    <Ask title={`Revoke the tokens of ${agent.name}`} verb="Revoke its tokens" done={`Revoked the tokens of ${agent.name}`} run={() => cloud.post(`${pathOf(agent)}/revoke`)} onClose={onClose}>
      Its connection is closed at once and it cannot come back with a token that it has. What it sent stays for as long as it is kept. This cannot be undone: add it anew to let it in again.
    </Ask>
  );
}

export function RemoveAgent({ agent, onClose }: OfAgent) {
  return (
    <Ask title={`Remove ${agent.name}`} verb="Remove agent" typed={agent.name} done={`Removed ${agent.name}`} run={() => cloud.send('DELETE', pathOf(agent))} onClose={onClose}>
      It is forgotten with everything that it sent: {plural(agent.ledger.stored, 'item')}. Its tokens are good no more. This cannot be undone.
    </Ask>
  );
}

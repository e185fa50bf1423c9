/** What leaves, and what stays at home, in words. */
import { ButtonLink } from '../../components/button';
import { Panel } from '../../components/panel';
import { kindName } from '../../lib/config-diff';
import { count, plural } from '../../lib/format';
import { isAdmin } from '../../lib/session';
import { rows } from '../../lib/store';
import { editHref, type UplinkConfig } from './links';
import { rulesOf, sends } from './words';

const WORDS: Record<string, string> = {
  withhold: 'Stays at home',
  wallets: 'Wallets shortened in',
  mask: 'Masked',
  hash: 'As a digest',
  send: 'Sent as it is',
};

/** Without a link: what one with default settings would do. */
export function Sends({ link = {} }: { link?: UplinkConfig }) {
  const { kinds = [], groups = [], fields = {}, mask_wallets: masks = true } = link;
  const all = rows.value;
  const sent = all.filter((it) => sends(link, it)).length;
  return (
    <Panel
      title="What is sent"
      actions={
        link.id &&
        isAdmin() && (
          <ButtonLink size="small" href={editHref(link.id)} label={`Edit what ${link.id} sends`}>
            Edit
          </ButtonLink>
        )
      }
    >
      <dl class="divide-y divide-line text-control">
        <Row name="Sources">{sent === all.length ? `All ${count(sent)}` : `${count(sent)} of ${plural(all.length, 'source')}`}</Row>
        <Row name="Kinds">{kinds.length === 0 ? 'All' : kinds.map(kindName).join(', ')}</Row>
        <Row name="Groups">{groups.length === 0 ? 'All' : groups.join(', ')}</Row>
        {rulesOf(fields, masks).map(({ rule, titles, isWeaker }) => (
          <Row key={rule + isWeaker} name={isWeaker ? 'Sent though private' : WORDS[rule]!} isWarning={isWeaker}>
            <span class="flex flex-wrap gap-1.5">
              {titles.map((it) => (
                <span key={it} class={`rounded-small border px-1.5 py-0.5 text-caption wrap-anywhere ${isWeaker ? 'border-warn-fill text-warn' : 'border-line text-ink2'}`}>
                  {it}
                </span>
              ))}
            </span>
          </Row>
        ))}
      </dl>
      <p class="border-t border-line px-4 py-3 text-caption text-ink3">
        Texts in between are searched for addresses and wallets as well. Passwords and keys are in no reading.
      </p>
    </Panel>
  );
}

function Row({ name, isWarning, children }: { name: string; isWarning?: boolean; children: preact.ComponentChildren }) {
  return (
    <div class="px-4 py-2.5">
      <dt class={`mb-1 text-caption ${isWarning ? 'font-medium text-warn' : 'text-ink3'}`}>{name}</dt>
      <dd class="min-w-0">{children}</dd>
    </div>
  );
}

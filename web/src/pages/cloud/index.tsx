/** The page of a cloud: who may look, the agents, and the pages of each. */
import { useEffect } from 'preact/hooks';
import { Announcer } from '../../components/announcer';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { Page } from '../../components/page';
import { Shell } from '../../components/shell';
import { type At, Content, SHOWN } from '../../outlet';
import { Account } from './account';
import { Agents } from './agents';
import { AgentFoot, AgentHead, AgentTop, CloudFoot, CloudHead, entriesOf } from './frame';
import { Login, LoginOver } from './login';
import { hasAgents, isManager, isOut, shown, shownId, start } from './state';
import { Users } from './users';

const OWN: readonly At[] = [
  ['/', () => <Agents />],
  ['/account', () => <Account />],
];
const MANAGED: readonly At[] = [...OWN, ['/users', () => <Users />]];

export function Cloud() {
  useEffect(() => start(), []);
  if (isOut.value && !hasAgents.value) return <Login />;
  return (
    <>
      {shownId.value === '' ? <Top /> : <Fleet key={shownId.value} />}
      {isOut.value && <LoginOver />}
    </>
  );
}

function Top() {
  return (
    <Shell entries={entriesOf('top', isManager.value)} head={<CloudHead />} foot={<CloudFoot />}>
      <Content pages={isManager.value ? MANAGED : OWN} home="Agents" />
    </Shell>
  );
}

/** The pages of one agent. */
function Fleet() {
  const isUnknown = hasAgents.value && !shown.value;
  return (
    <Shell entries={entriesOf('agent', false)} head={<AgentHead />} foot={<AgentFoot />} top={<AgentTop />}>
      {isUnknown ? (
        <Page title="Agent" note={<span />}>
          <Empty icon="search" title="No such agent" actions={<ButtonLink href="~/">Show all agents</ButtonLink>}>
            There is no agent with the id {shownId.value}, or you may not see it. An administrator can grant it to you.
          </Empty>
        </Page>
      ) : (
        <Content pages={SHOWN} />
      )}
      <Announcer />
    </Shell>
  );
}

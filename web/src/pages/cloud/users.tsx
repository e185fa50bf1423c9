/** Who may look, and at which agents. */
import { Page } from '../../components/page';

export function Users() {
  return <Page title="Users">todo</Page>;
}

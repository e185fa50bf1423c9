/** The form over the draft itself. */
import type { ComponentChildren } from 'preact';
import { Panel } from '../../components/panel';
import { getAt, pathText, type Path } from '../../lib/config-path';
import { type Field, fieldAt, problemOf } from '../../lib/field';
import { change, check, draft, overrideOf, problemAt, problems, saved, schema } from './draft';
import { FieldRow, FormContext, type Form, Rows } from './form';

/** Says at once what the schema tells, then asks the agent about the rest. */
function left(path: Path): void {
  const field = schema.peek() && fieldAt(schema.peek()!, path);
  const wrong = field && problemOf(field, getAt(draft.peek(), path));
  const text = pathText(path);
  const others = problems.peek().filter((it) => it.path !== text);
  if (wrong) problems.value = [...others, { path: text, message: wrong, level: 'error' }];
  else if (others.length !== problems.peek().length) problems.value = others;
  // An agent that cannot be asked now is asked again before saving.
  if (getAt(draft.peek(), path) !== getAt(saved.peek()?.config, path)) void check().catch(() => {});
}

/** What holds for a kind of which nothing is written: what is built in, then what holds for all. */
function inherited(root: Field, path: Path): unknown {
  const [section, , key] = path;
  if (section !== 'kinds' && section !== 'limits') return undefined;
  const builtIn = getAt(fieldAt(root, [section])?.initial, path.slice(1));
  return builtIn ?? (section === 'kinds' ? (getAt(draft.value, ['polling', key!]) ?? fieldAt(root, ['polling', key!])?.initial) : undefined);
}

export function DraftForm({ children }: { children: ComponentChildren }) {
  const root = schema.value;
  if (!root) return null;
  const form: Form = {
    schema: root,
    value: draft.value,
    saved: saved.value?.config,
    prefix: 'f-',
    set: change,
    left,
    problem: problemAt,
    override: overrideOf,
    inherited: (path) => inherited(root, path),
  };
  return <FormContext.Provider value={form}>{children}</FormContext.Provider>;
}

/** A card of fields. */
export function FormPanel(props: { title: string; note?: ComponentChildren; paths?: readonly Path[]; actions?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <Panel title={props.title} note={props.note} actions={props.actions} clip={false}>
      <Rows>
        {props.paths?.map((path) => (
          <FieldRow key={path.join('.')} path={path} />
        ))}
        {props.children}
      </Rows>
    </Panel>
  );
}

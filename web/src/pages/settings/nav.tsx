/** The sections: beside the content, or on phones a page of their own. */
import {
  Braces, Boxes, Cloud, FileInput, HardDrive, History, Info, KeyRound, type IconNode, MapPin, ScrollText, Thermometer, Timer, Cpu,
} from 'lucide';
import { Icon, type IconName } from '../../components/icon';
import { parsePath } from '../../lib/config-path';
import { count } from '../../lib/format';
import { draft, errors, sourcesOf } from './draft';
import { sectionOf, SOURCE_SECTIONS } from './problems';

export interface Section {
  readonly name: string;
  readonly text: string;
  readonly icon: IconName | IconNode;
  readonly hint: string;
  readonly group: string;
}

export const SECTIONS: readonly Section[] = [
  { name: 'site', text: 'Site', icon: MapPin, hint: 'Name, time zone, this browser', group: '' },
  { name: 'devices', text: 'Devices', icon: Cpu, hint: 'Miners: add, edit, import', group: 'What is watched' },
  { name: 'pools', text: 'Pools', icon: Boxes, hint: 'GoSlimStratum, GoStratumEngine', group: 'What is watched' },
  { name: 'servers', text: 'Servers', icon: HardDrive, hint: 'MIM, this machine', group: 'What is watched' },
  { name: 'polling', text: 'Polling', icon: Timer, hint: 'How often, how patiently', group: 'How' },
  { name: 'limits', text: 'Limits', icon: Thermometer, hint: 'When a value deserves attention', group: 'How' },
  { name: 'access', text: 'Access', icon: KeyRound, hint: 'Password, API tokens, webhooks', group: 'The agent' },
  { name: 'logging', text: 'Logging', icon: ScrollText, hint: 'Level, format, files', group: 'The agent' },
  { name: 'uplink', text: 'Uplink', icon: Cloud, hint: 'The cloud, and what is sent', group: 'The agent' },
  { name: 'json', text: 'Edit as JSON', icon: Braces, hint: 'The same draft as text', group: 'Configuration' },
  { name: 'versions', text: 'Versions', icon: History, hint: 'The last ten, to restore', group: 'Configuration' },
  { name: 'import', text: 'Import', icon: FileInput, hint: 'From GSSM or a CSV file', group: 'Configuration' },
  { name: 'about', text: 'About', icon: Info, hint: 'Version, memory, licences', group: '' },
];

function countOf(name: string): number {
  const kinds = SOURCE_SECTIONS[name];
  return kinds ? sourcesOf(draft.value).filter((it) => kinds.includes(String(it.kind ?? 'auto'))).length : 0;
}

export function Nav({ at }: { at: string }) {
  const wrong = new Set(errors.value.map((it) => sectionOf(parsePath(it.path), draft.value)));
  const here = at || SECTIONS[0]!.name;
  return (
    <nav aria-label="Settings" class="flex flex-col gap-0.5 p-3 lg:sticky lg:top-13 lg:py-5 lg:pr-0 lg:pl-3">
      {SECTIONS.map(({ name, text, icon, hint, group }, n) => {
        const isHere = name === here;
        const isFirst = group !== SECTIONS[n - 1]?.group;
        const found = countOf(name);
        return (
          <>
            {isFirst && n > 0 && (group ? <p class="mt-3 px-2 pb-1 text-axis text-ink3">{group}</p> : <hr class="my-2 border-line" />)}
            <a
              key={name}
              href={`/settings/${name}`}
              aria-current={isHere && at ? 'page' : undefined}
              class={`flex items-center gap-2.5 rounded-control px-2 text-control max-lg:min-h-13 lg:h-8 lg:border ${isHere ? 'lg:border-line lg:bg-panel lg:font-medium lg:text-ink lg:shadow-card' : 'lg:border-transparent lg:text-ink2 hover:bg-raise'} hover:text-ink`}
            >
              <Icon name={icon} class="text-ink3" />
              <span class="min-w-0 flex-1">
                <span class="block truncate">{text}</span>
                <span class="block truncate text-caption font-normal text-ink3 lg:hidden">{hint}</span>
              </span>
              {wrong.has(name) && <span class="size-2 rounded-full bg-bad-fill" role="img" aria-label="with problems" />}
              {found > 0 && <span class="text-caption font-normal text-ink3">{count(found)}</span>}
              <Icon name="right" size={14} class="text-ink3 lg:hidden" />
            </a>
          </>
        );
      })}
    </nav>
  );
}

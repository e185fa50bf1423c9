import type { components } from '../../lib/api-types';
import { go } from '../../lib/route';

export type ConfigStatus = components['schemas']['ConfigStatus'];

export const STEPS = [
  ['site', 'Site'],
  ['miners', 'Miners'],
  ['services', 'Pools and servers'],
  ['done', 'Done'],
] as const;

export type Step = (typeof STEPS)[number][0];

export function goTo(step: Step): void {
  go(`/setup?step=${step}`);
  scrollTo(0, 0);
  document.getElementById('main')?.focus();
}

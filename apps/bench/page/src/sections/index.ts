import type { ResultRecord } from '../../../src/results/record.js';
import type { Section } from '../view.js';
import { answer } from './answer.js';
import { compare } from './compare.js';
import { demand } from './demand.js';
import { environment } from './environment.js';
import { fidelity } from './fidelity.js';
import { growth } from './growth.js';
import { matrix } from './matrix.js';
import { portability } from './portability.js';
import { questions } from './questions.js';
import { sizes } from './sizes.js';
import { times } from './times.js';
import { tradeOff } from './trade-off.js';

export interface PageActions {
  /** Shows other records in the place of the page's own. */
  readonly replace: (records: readonly ResultRecord[]) => void;
}

/** In the order of the page. */
export function sections(actions: PageActions): Section[] {
  return [
    answer(),
    demand(),
    tradeOff(),
    matrix(),
    times(),
    questions(),
    sizes(),
    fidelity(),
    portability(),
    growth(),
    environment(),
    compare(actions),
  ];
}

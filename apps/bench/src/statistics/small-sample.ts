import { studentReach } from './student.js';

/** Standard deviations on either side of a normal distribution's middle 95 %. */
const NORMAL_REACH = 1.959964;

/**
 * How many times too narrow a 95 % percentile interval of a bootstrap over `count` processes is: it takes the
 * spread that it found for the true one, and divides by n instead of n - 1 (Hesterberg 2015, "What Teachers Should
 * Know About the Bootstrap", section 4.1).
 */
export function widening(count: number): number {
  const freedom = count - 1;
  return (studentReach(freedom) / NORMAL_REACH) * Math.sqrt(count / freedom);
}

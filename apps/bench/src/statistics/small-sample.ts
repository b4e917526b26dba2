/** Student's t for 95 % (two-sided), by degrees of freedom from 1 to 30. */
const STUDENT_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL_95 = 1.96;

/**
 * How many times too narrow a 95 % percentile interval of a bootstrap over `count` processes is: it takes the
 * spread that it found for the true one, and divides by n instead of n - 1 (Hesterberg 2015, "What Teachers Should
 * Know About the Bootstrap", section 4.1).
 */
export function widening(count: number): number {
  const freedom = count - 1;
  const student = STUDENT_95[freedom - 1] ?? NORMAL_95 + 2.4 / freedom;
  return (student / NORMAL_95) * Math.sqrt(count / freedom);
}

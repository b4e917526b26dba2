import { createLab } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { parquet } from '@formatlab/parquet';

export const lab = createLab([csv, parquet]);

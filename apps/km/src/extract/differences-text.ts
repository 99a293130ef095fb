import { differenceText, type ExtractionReport } from '@kilomega/port-testing'

/** So many are named, so that they stay on one screen; the report has one of each operation. */
const named = 3

/** Why a report failed: how often a module came out differently, and the first differences. */
export const differencesText = ({ module, differences, samples }: Pick<ExtractionReport, 'module' | 'differences' | 'samples'>): string =>
  [`${module} came out differently ${differences === 1 ? 'once' : `${differences} times`}:`, ...samples.slice(0, named).map(differenceText)].join(
    '\n',
  )

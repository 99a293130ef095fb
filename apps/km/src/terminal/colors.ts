import { processEnvironment } from '@kilomega/config'
import picocolors from 'picocolors'

/** Colours for one stream: only on a terminal, and only if NO_COLOR is not set. */
export const colorsFor = (stream: { isTTY?: boolean }) => picocolors.createColors(stream.isTTY === true && !processEnvironment()['NO_COLOR'])

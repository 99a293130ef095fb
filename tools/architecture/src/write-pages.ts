import { parseArgs } from 'node:util'
import { writeDocuments } from './compatibility/write-documents.js'
import { pages } from './pages/pages.js'
import { root } from './repository.js'

const { values } = parseArgs({ options: { breaking: { type: 'string' } } })
process.exitCode = writeDocuments(await pages(), { folder: root, reason: values.breaking, print: (line) => process.stdout.write(`${line}\n`) })

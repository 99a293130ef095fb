// node generate.mjs <OpenAPI file> <types>: as a front end makes its types.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const [, , from, to] = process.argv
writeFileSync(to, astToString(await openapiTS(pathToFileURL(from))))

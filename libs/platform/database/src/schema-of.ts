import { getMetadataArgsStorage } from 'typeorm'
import type { Entity } from './entity-source.js'

/** The schema that `@Entity({ schema: … })` names. Throws if it names none: each table belongs to the schema of one module. */
export function schemaOf(entity: Entity): string {
  const schema = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.schema
  if (schema === undefined) throw new Error(`the entity ${entity.name} names no schema: write @Entity({ schema: '…', name: '…' })`)
  return schema
}

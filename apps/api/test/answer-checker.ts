import type { OpenApiDocument } from '@kilomega/http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Answer } from './open-api.js'
import type { Operation } from './operations.js'

/** Compares real answers with the OpenAPI file: a documented status, its content type, and a body that matches its schema. */
export class AnswerChecker {
  private readonly ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true })
  private readonly validators = new Map<string, ValidateFunction>()

  constructor(document: OpenApiDocument) {
    addFormats.default(this.ajv)
    this.ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/u)
    this.ajv.addSchema(document, 'openapi')
  }

  /** Describes how an answer differs from the file; undefined if it does not. */
  problems({ path, method, responses }: Operation, { status, headers, text, json }: Answer): string[] {
    const described = String(status) in responses ? String(status) : 'default'
    if (described === 'default' && status < 400) return [`status ${status} is not described`]
    if (status >= 500) return [`status ${status}: ${text}`]
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    const content = responses[described]!.content
    if (content === undefined) return text === '' ? [] : ['a body where none is described']
    const declared = [type, type.replace(/\/.*/, '/*'), '*/*'].some((one) => one in content)
    if (!declared) return [`content type ${type} is not described for ${described}`]
    if (json === undefined) return []
    const place = `openapi#/paths/${pointer(path)}/${method.toLowerCase()}/responses/${described}/content/${pointer(type)}/schema`
    const validate = this.validator(place)
    return validate(json) ? [] : [`${status} ${text.slice(0, 300)}: ${this.ajv.errorsText(validate.errors)}`]
  }

  private validator(place: string): ValidateFunction {
    const known = this.validators.get(place) ?? this.ajv.compile({ $ref: place })
    this.validators.set(place, known)
    return known
  }
}

const pointer = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

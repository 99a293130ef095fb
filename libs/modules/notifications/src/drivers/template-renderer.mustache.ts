import { Injectable } from '@nestjs/common'
import Mustache from 'mustache'
import { TemplateRenderer, type TemplateValues } from './template-renderer.js'

const asItIs = (value: unknown): string => String(value)

/** Mustache keeps parsed templates, a fixed number here. */
@Injectable()
export class MustacheTemplateRenderer extends TemplateRenderer {
  html(template: string, values: TemplateValues): string {
    return Mustache.render(template, values)
  }

  text(template: string, values: TemplateValues): string {
    return Mustache.render(template, values, undefined, { escape: asItIs })
  }
}

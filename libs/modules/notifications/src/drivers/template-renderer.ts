/** What a template may say: text, lists of text, and parts that are there or not. */
export type TemplateValue = string | readonly string[] | { readonly [name: string]: string } | undefined
export type TemplateValues = Readonly<Record<string, TemplateValue>>

/**
 * Fills templates that know names, lists and optional parts, and no logic. Templates are ours and constant; values come from anybody and are
 * never read as templates.
 */
export abstract class TemplateRenderer {
  /** Values are escaped: they appear as the text that they are. */
  abstract html(template: string, values: TemplateValues): string
  /** Values appear as they are. */
  abstract text(template: string, values: TemplateValues): string
}

/** The `id` of the hidden name that all messages of one side are called by (Timeline.svelte). */
export function authorId(isOwn: boolean): string {
  return isOwn ? 'author-own' : 'author-other'
}

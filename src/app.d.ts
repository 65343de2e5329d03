// Ambient types of SvelteKit; nothing of ours is added to them.
import '@sveltejs/kit'

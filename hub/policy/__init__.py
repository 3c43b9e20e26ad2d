"""Room ``policy``: agreements, guard rails and decision sets; the only maker of permits."""

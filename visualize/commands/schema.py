"""`visualize schema`: the JSON Schema of scenes."""

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenes, for editors.

    \b
    visualize schema > scene.schema.json
    """
    import json

    from visualize.formats.format import FORMATS
    from visualize.objectives.objective import OBJECTIVES
    from visualize.optimizers.optimizer import OPTIMIZERS
    from visualize.panels.panel import PANELS
    from visualize.scene.schema import scene_schema

    click.echo(json.dumps(scene_schema(), indent=2, ensure_ascii=False))
    for registry in (OPTIMIZERS, OBJECTIVES, PANELS, FORMATS):
        for words in (*registry.not_named(), *(str(error) for _, error in registry.broken())):
            click.echo(f"left out: {words}", err=True)

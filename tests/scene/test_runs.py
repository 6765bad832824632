"""The runs of a scene: what each is called."""

from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.scene.runs import Appearance, Entry, labelled


def test_many_alike_are_numbered_each_in_turn() -> None:
    sgd = OPTIMIZERS.load("sgd").model_validate({"name": "sgd", "learning_rate": 0.1})
    entries = [Entry(sgd, Appearance()) for _ in range(20_000)]
    entries[5] = Entry(sgd, Appearance(label="sgd 7"))
    labels = [run.label for run in labelled(entries)]  # hours, were each counted from 1
    assert labels[:8] == ["sgd 1", "sgd 2", "sgd 3", "sgd 4", "sgd 5", "sgd 7", "sgd 6", "sgd 8"]
    assert labels[-1] == "sgd 20000"
    assert len(set(labels)) == 20_000

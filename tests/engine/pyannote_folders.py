"""Makes pipeline folders with randomly initialised models: pyannote's code runs, its results mean nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import yaml

from engine.diarization.pyannote import _import_pyannote


def community_folder(folder: Path) -> Path:
    """A pipeline as pyannote 4's community-1 is laid out: three subfolders, VBx over a PLDA."""
    _segmentation(folder / "segmentation" / "pytorch_model.bin")
    _xvector(folder / "embedding" / "pytorch_model.bin")
    _plda(folder / "plda")
    params = {
        "segmentation": "$model/segmentation",
        "segmentation_batch_size": 8,
        "embedding": "$model/embedding",
        "embedding_batch_size": 8,
        "embedding_exclude_overlap": True,
        "plda": "$model/plda",
        "clustering": "VBxClustering",
    }
    chosen = {
        "clustering": {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8},
        "segmentation": {"min_duration_off": 0.0},
    }
    return _config(folder, params, chosen)


def legacy_folder(folder: Path) -> Path:
    """A pipeline as copies of pyannote 3.1 are laid out: files named relatively, agglomerative, no PLDA."""
    _segmentation(folder / "segmentation-3.0.bin")
    _xvector(folder / "wespeaker-like.bin")
    params = {
        "segmentation": "segmentation-3.0.bin",
        "segmentation_batch_size": 8,
        "embedding": "wespeaker-like.bin",
        "embedding_batch_size": 8,
        "embedding_exclude_overlap": True,
        "clustering": "AgglomerativeClustering",
    }
    chosen = {
        "clustering": {"method": "centroid", "min_cluster_size": 2, "threshold": 0.1},
        "segmentation": {"min_duration_off": 0.0},
    }
    return _config(folder, params, chosen)


def _config(folder: Path, params: dict, chosen: dict) -> Path:
    config = {
        "dependencies": {"pyannote.audio": "4.0.0"},
        "pipeline": {"name": "pyannote.audio.pipelines.SpeakerDiarization", "params": params},
        "params": chosen,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    return folder


def _segmentation(path: Path) -> None:
    _import_pyannote()
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    torch.manual_seed(3)
    model = PyanNet(lstm={"hidden_size": 16, "num_layers": 1}, linear={"hidden_size": 16, "num_layers": 1})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=5.0,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.setup()
    with torch.no_grad():  # loud enough that the strongest class changes with the sound
        model.classifier.weight.mul_(60)
        model.classifier.bias.zero_()
    _save(model, path)


def _xvector(path: Path) -> None:
    _import_pyannote()
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import XVectorSincNet

    torch.manual_seed(5)
    model = XVectorSincNet(dimension=256)
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=5.0, classes=["a", "b"]
    )
    model.setup()
    _save(model, path)


def _plda(folder: Path) -> None:
    folder.mkdir(parents=True)
    random = np.random.default_rng(6)
    rotation, _ = np.linalg.qr(random.normal(size=(256, 128)))
    np.savez(folder / "xvec_transform.npz", mean1=np.zeros(256), mean2=np.zeros(128), lda=rotation)
    np.savez(folder / "plda.npz", mu=np.zeros(128), tr=np.eye(128), psi=np.linspace(3, 0.1, 128))


def _save(model, path: Path) -> None:
    import lightning

    path.parent.mkdir(parents=True, exist_ok=True)
    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": lightning.__version__,
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, path)
